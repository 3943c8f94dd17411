"""Tools for the keepers of rules: worked cases, and differences between rule sets.

Offers the check of a folder of rules with their worked cases, the differences between two rule
sets clause by clause, and both as text.
Must not know: records beyond the rows of a case, studies, reports and the command line.
"""
