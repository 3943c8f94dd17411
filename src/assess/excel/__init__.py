"""Office workbooks: read safely in a confined child process, written with one look."""
