"""Screens of clerks, officers and supervisors."""
