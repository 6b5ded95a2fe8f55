"""How the data about torch is gathered; `netdsl.torchlib.record` runs it.

Nothing here imports torch: what needs it is handed the module.
"""
