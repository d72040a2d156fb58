package agrippa.acceptance.differential;

/// A request and what it was answered, both in names.
///
/// @param request scenario and text of the request
public record Exchange(String request, Answer answer) {}
