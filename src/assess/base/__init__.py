"""What all rooms share: errors, text, numbers, periods, facts, digests, YAML with positions."""
