"""The studio in the browser: Gradio pages over `Studio`, `Jobs`, `Library` and `Uploads`. No pipeline logic lives here."""
