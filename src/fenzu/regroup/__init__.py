"""The bulk engine: from who belongs where to a reviewed plan, applied within quota, resumable, undoable."""
