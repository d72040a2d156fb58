package agrippa.model;

/// What flavors, or availability zones, mean to a provider: Octavia's flavor profile and
/// availability zone profile. Its provider and data do not change while an offer has it.
///
/// @param name at most 255 characters; others may have it too
/// @param provider by one of its names
/// @param data a JSON object, at most 4096 characters, kept letter by letter as it was given
public record Profile(ProfileId id, String name, String provider, String data) {}
