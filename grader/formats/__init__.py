"""Report -> text: one pure function per format, and no input or output of their own."""
