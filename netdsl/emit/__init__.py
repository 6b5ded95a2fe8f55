"""Program to PyTorch source: decisions here, layout in `layout` and the templates."""
