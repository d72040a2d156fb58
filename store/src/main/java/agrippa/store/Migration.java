package agrippa.store;

/// One step of a schema's history. What was released never changes; a later step changes it.
///
/// @param version from 1 without gaps
/// @param description in a few words
/// @param sql statements, each closed by a semicolon
public record Migration(int version, String description, String sql) {}
