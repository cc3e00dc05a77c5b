"""The numbers of the rail, one module per subject; imported when the desk starts."""
