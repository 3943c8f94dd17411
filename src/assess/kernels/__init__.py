"""Warm kernels for any Jupyter client: ipykernel forked from a process with the imports done.

This subpackage imports nothing else of the package, so that papermill, nbclient or a notebook
server can use the kernelspec ``assess-warm`` (provisioner ``assess-warm``) at little cost.
"""
