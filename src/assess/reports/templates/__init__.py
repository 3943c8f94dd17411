"""The page, its style and the PDF template."""
