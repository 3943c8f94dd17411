"""What several test files share: things to test with, and slow independent checks."""
