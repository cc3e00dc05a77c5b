"""Made-up people in offices as a province has them, and the catalogue they work with: what `make run` opens with."""
