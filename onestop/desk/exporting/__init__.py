"""Tables as files: CSV and XLSX with the numbers of the screen.

Knows sheets only, not what stands in them.
"""
