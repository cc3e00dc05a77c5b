"""Views: parse, call one service, answer."""
