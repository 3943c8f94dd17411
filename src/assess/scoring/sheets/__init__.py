"""Score sheets: from entries to lines, totals and the class of a meeting."""
