"""Pictures drawn on the server: numbers become places in a drawing, templates print them as SVG.

Knows no tables of the database and no colours; colours are classes, so that they follow the theme.
"""
