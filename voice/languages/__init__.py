"""What is known of languages, and how a text is taken for words, sentences and quotes; never one person's manner."""
