"""Stateful stand-ins for the trackers, on loopback: the demo's servers, the test servers, a place to try a config.

They are written from the vendors' contracts and import nothing else of okrsync, so that a mistake in an adapter
cannot be made twice. What they do not know they refuse in the vendor's error shape; they never ignore it.
"""
