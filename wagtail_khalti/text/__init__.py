"""Text that people type, brought into one form."""
