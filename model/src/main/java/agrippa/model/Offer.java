package agrippa.model;

/// A flavor or an availability zone, as users see it.
///
/// @param key how it is addressed: the UUID of a flavor, the name of an availability zone
/// @param name at most 255 characters; no other on its shelf has it
/// @param description at most 255 characters, empty if none
/// @param enabled whether new load balancers may have it
/// @param profile what it means; never changes
public record Offer(
    String key, String name, String description, boolean enabled, ProfileId profile) {}
