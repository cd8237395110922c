"""What the words of one mail mean; knows no thread, no plan and no clock."""
