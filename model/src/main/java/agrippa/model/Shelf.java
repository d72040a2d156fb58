package agrippa.model;

/// What operators put up for users to choose from. Both kinds work alike: an [Offer] has a name for
/// users, a [Profile] says what it means to a provider.
public enum Shelf {
  /// How load balancers are built.
  FLAVORS,
  /// Where load balancers are built.
  AVAILABILITY_ZONES
}
