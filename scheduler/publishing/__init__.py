"""From a checked plan to what each reader may see."""
