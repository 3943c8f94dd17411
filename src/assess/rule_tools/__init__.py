"""What keepers of rules use beside the rules themselves: worked cases."""
