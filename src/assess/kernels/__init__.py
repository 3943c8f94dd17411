"""Warm kernels for any Jupyter client: ipykernel forked from a process that has the heavy imports behind it.

The room stands alone: it imports nothing of the package, so that papermill, nbclient or a notebook server can use the
kernelspec ``assess-warm`` (provisioner ``assess-warm``) without paying for what a report needs.
"""
