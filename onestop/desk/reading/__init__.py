"""What the screens read: rows in the order and with the words they are shown in; nothing is changed here."""
