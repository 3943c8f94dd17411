"""What goes to offices and comes back: score forms, CSV tables, intake, the store."""
