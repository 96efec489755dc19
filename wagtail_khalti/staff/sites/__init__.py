"""What belongs to one site: its settings, its Khalti account, who may do what with its payments."""
