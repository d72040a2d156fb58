package agrippa.store;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import agrippa.control.spi.CatalogStore;
import agrippa.model.Offer;
import agrippa.model.Profile;
import agrippa.model.ProfileId;
import agrippa.model.Shelf;
import java.util.List;
import java.util.UUID;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;

/// One row per profile and per offer, whatever shelf it is on. There are few, and they change
/// rarely.
final class SqlCatalogStore implements CatalogStore {
  private static final List<Migration> HISTORY =
      List.of(
          new Migration(
              1,
              "profiles and offers",
              """
              CREATE TABLE catalog_profiles (
                id VARCHAR(36) NOT NULL PRIMARY KEY,
                shelf VARCHAR(32) NOT NULL,
                name VARCHAR(255) NOT NULL,
                provider VARCHAR(255) NOT NULL,
                data VARCHAR(4096) NOT NULL
              );
              CREATE TABLE catalog_offers (
                shelf VARCHAR(32) NOT NULL,
                offer_key VARCHAR(255) NOT NULL,
                name VARCHAR(255) NOT NULL,
                description VARCHAR(255) NOT NULL,
                enabled BOOLEAN NOT NULL,
                profile VARCHAR(36) NOT NULL REFERENCES catalog_profiles (id),
                PRIMARY KEY (shelf, offer_key),
                UNIQUE (shelf, name)
              );
              """));

  private static final Table<Record> PROFILES = table(name("catalog_profiles"));
  private static final Field<String> ID = field(name("id"), String.class);
  private static final Field<String> SHELF = field(name("shelf"), String.class);
  private static final Field<String> NAME = field(name("name"), String.class);
  private static final Field<String> PROVIDER = field(name("provider"), String.class);
  private static final Field<String> DATA = field(name("data"), String.class);

  private static final Table<Record> OFFERS = table(name("catalog_offers"));
  private static final Field<String> KEY = field(name("offer_key"), String.class);
  private static final Field<String> DESCRIPTION = field(name("description"), String.class);
  private static final Field<Boolean> ENABLED = field(name("enabled"), Boolean.class);
  private static final Field<String> PROFILE = field(name("profile"), String.class);

  private final DSLContext sql;

  /// Brings the tables up to date.
  SqlCatalogStore(Database database) {
    database.migrate("catalog", HISTORY);
    this.sql = database.sql();
  }

  @Override
  public List<Profile> profiles(Shelf shelf) {
    return sql.select(ID, NAME, PROVIDER, DATA)
        .from(PROFILES)
        .where(SHELF.eq(shelf.name()))
        .fetch(row -> new Profile(id(row.value1()), row.value2(), row.value3(), row.value4()));
  }

  @Override
  public List<Offer> offers(Shelf shelf) {
    return sql.select(KEY, NAME, DESCRIPTION, ENABLED, PROFILE)
        .from(OFFERS)
        .where(SHELF.eq(shelf.name()))
        .fetch(
            row ->
                new Offer(
                    row.value1(), row.value2(), row.value3(), row.value4(), id(row.value5())));
  }

  private static ProfileId id(String text) {
    return new ProfileId(UUID.fromString(text));
  }

  @Override
  public void save(Shelf shelf, Profile profile) {
    sql.insertInto(PROFILES)
        .set(ID, profile.id().toString())
        .set(SHELF, shelf.name())
        .set(NAME, profile.name())
        .set(PROVIDER, profile.provider())
        .set(DATA, profile.data())
        .onConflict(ID)
        .doUpdate()
        .set(NAME, profile.name())
        .set(PROVIDER, profile.provider())
        .set(DATA, profile.data())
        .execute();
  }

  @Override
  public void save(Shelf shelf, Offer offer) {
    sql.insertInto(OFFERS)
        .set(SHELF, shelf.name())
        .set(KEY, offer.key())
        .set(NAME, offer.name())
        .set(DESCRIPTION, offer.description())
        .set(ENABLED, offer.enabled())
        .set(PROFILE, offer.profile().toString())
        .onConflict(SHELF, KEY)
        .doUpdate()
        .set(NAME, offer.name())
        .set(DESCRIPTION, offer.description())
        .set(ENABLED, offer.enabled())
        .execute();
  }

  @Override
  public void remove(Shelf shelf, ProfileId id) {
    sql.deleteFrom(PROFILES).where(ID.eq(id.toString()), SHELF.eq(shelf.name())).execute();
  }

  @Override
  public void removeOffer(Shelf shelf, String key) {
    sql.deleteFrom(OFFERS).where(SHELF.eq(shelf.name()), KEY.eq(key)).execute();
  }
}
