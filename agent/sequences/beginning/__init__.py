"""What begins a plan by itself: labels, words the user wrote while sending, and mails a rule waits for."""
