"""The product: settings, addresses, processes and screens.

Knows every other package and is known by none of them.
"""
