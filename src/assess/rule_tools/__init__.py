"""Tools for the keepers of rules: worked cases, and differences between rule sets.

Offers worked cases of rule sets and of annual rules, and the differences between two rule sets
clause by clause.
Must not know: records beyond the rows of a case, studies, reports and the command line.
"""
