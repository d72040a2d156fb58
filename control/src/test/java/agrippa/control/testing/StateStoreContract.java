package agrippa.control.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agrippa.control.spi.StateStore;
import agrippa.control.spi.StateStore.StaleGenerationException;
import agrippa.model.Countable;
import agrippa.model.ListenerId;
import agrippa.model.LoadBalancerTree;
import agrippa.model.Offer;
import agrippa.model.Profile;
import agrippa.model.ProfileId;
import agrippa.model.ProjectId;
import agrippa.model.Quota;
import agrippa.model.Shelf;
import agrippa.model.Statistics;
import java.util.ArrayList;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// What every state store does.
public abstract class StateStoreContract {
  private final RandomTrees trees = new RandomTrees(4);

  /// The store under test: the same one, with what it holds, in each call of a test.
  protected abstract StateStore store();

  /// The store as it is after its program ended and another began.
  protected abstract StateStore reopened();

  @Test
  public void startsEmpty() {
    assertThat(store().load()).isEmpty();
    assertThat(store().statistics()).isEmpty();
    assertThat(store().quotas()).isEmpty();
  }

  @Test
  public void keepsTreesWhole() {
    var stored = new ArrayList<LoadBalancerTree>();
    for (int i = 0; i < 50; i++) {
      var tree = trees.next();
      store().commit(tree);
      stored.add(tree);
    }
    assertThat(store().load()).containsExactlyInAnyOrderElementsOf(stored);
    assertThat(reopened().load()).containsExactlyInAnyOrderElementsOf(stored);
  }

  @Test
  public void keepsTheLastGeneration() {
    var tree = trees.next();
    store().commit(tree);
    var next = tree.nextGeneration().withListeners(trees.next().listeners());
    store().commit(next);
    assertThat(reopened().load()).containsExactly(next);
  }

  @Test
  public void refusesASecondFirstGeneration() {
    var tree = trees.next();
    store().commit(tree);
    assertThatThrownBy(() -> store().commit(tree)).isInstanceOf(StaleGenerationException.class);
    assertThat(store().load()).containsExactly(tree);
  }

  @Test
  public void refusesAStaleWriter() {
    var first = trees.next();
    store().commit(first);
    var second = first.nextGeneration();
    store().commit(second);
    assertThatThrownBy(() -> store().commit(second)).isInstanceOf(StaleGenerationException.class);
    assertThatThrownBy(() -> store().commit(second.nextGeneration().nextGeneration()))
        .isInstanceOf(StaleGenerationException.class);
    assertThatThrownBy(() -> store().remove(first.id(), first.generation()))
        .isInstanceOf(StaleGenerationException.class);
    assertThat(store().load()).containsExactly(second);
  }

  @Test
  public void refusesALaterGenerationOfWhatIsNotThere() {
    var tree = trees.next().nextGeneration();
    assertThatThrownBy(() -> store().commit(tree)).isInstanceOf(StaleGenerationException.class);
    assertThat(store().load()).isEmpty();
  }

  @Test
  public void forgetsWhatIsRemoved() {
    var tree = trees.next();
    store().commit(tree);
    store().remove(tree.id(), tree.generation());
    assertThat(store().load()).isEmpty();
    assertThatThrownBy(() -> store().remove(tree.id(), tree.generation()))
        .isInstanceOf(StaleGenerationException.class);
    assertThat(reopened().load()).isEmpty();
  }

  @Test
  public void keepsTheStatisticsThatWereSavedLast() {
    var one = new ListenerId(UUID.randomUUID());
    var other = new ListenerId(UUID.randomUUID());
    store().saveStatistics(Map.of(one, new Statistics(1, 2, 0, 4, 5)));
    var last = Map.of(other, new Statistics(Long.MAX_VALUE, 2, 0, 4, 5));
    store().saveStatistics(last);
    assertThat(store().statistics()).isEqualTo(last);
    assertThat(reopened().statistics()).isEqualTo(last);
  }

  @Test
  public void keepsWhatWasSaidLastOfEachQuota() {
    var some = Quota.SILENT.with(Countable.MEMBER, 0).with(Countable.L7_RULE, Quota.UNLIMITED);
    var all = Quota.SILENT;
    for (var kind : Countable.values()) {
      all = all.with(kind, Quota.MAX - kind.ordinal());
    }
    var wanted =
        Map.of(new ProjectId("a"), some, new ProjectId("b"), all, new ProjectId("c"), Quota.SILENT);
    store().saveQuota(new ProjectId("a"), all);
    store().saveQuota(new ProjectId("c"), all);
    wanted.forEach(store()::saveQuota);
    assertThat(store().quotas()).isEqualTo(wanted);
    assertThat(reopened().quotas()).isEqualTo(wanted);
  }

  private static void assertCatalog(
      StateStore store, Profile last, Profile ofZones, Offer offer, Offer zone) {
    assertThat(store.catalog().profiles(Shelf.FLAVORS)).containsExactly(last);
    assertThat(store.catalog().profiles(Shelf.AVAILABILITY_ZONES)).containsExactly(ofZones);
    assertThat(store.catalog().offers(Shelf.FLAVORS)).containsExactly(offer);
    assertThat(store.catalog().offers(Shelf.AVAILABILITY_ZONES)).containsExactly(zone);
  }

  @Test
  public void keepsProfilesAndOffersApartByShelf() {
    var written = "{ \"a\" :1}";
    var first = new Profile(new ProfileId(UUID.randomUUID()), "same", "amphora", written);
    var last = new Profile(first.id(), "other", "octavia", "{}");
    var ofZones = new Profile(new ProfileId(UUID.randomUUID()), "same", "amphora", written);
    store().catalog().save(Shelf.FLAVORS, first);
    store().catalog().save(Shelf.FLAVORS, last);
    store().catalog().save(Shelf.AVAILABILITY_ZONES, ofZones);
    var offer = new Offer("key", "name", "about", true, first.id());
    var zone = new Offer("key", "key", "", false, ofZones.id());
    store().catalog().save(Shelf.FLAVORS, new Offer("key", "old", "", false, first.id()));
    store().catalog().save(Shelf.FLAVORS, offer);
    store().catalog().save(Shelf.AVAILABILITY_ZONES, zone);
    assertCatalog(store(), last, ofZones, offer, zone);
    assertCatalog(reopened(), last, ofZones, offer, zone);
  }

  @Test
  public void forgetsOffersAndThenTheirProfiles() {
    var profile = new Profile(new ProfileId(UUID.randomUUID()), "p", "amphora", "{}");
    store().catalog().save(Shelf.FLAVORS, profile);
    store().catalog().save(Shelf.FLAVORS, new Offer("a", "a", "", true, profile.id()));
    store().catalog().save(Shelf.FLAVORS, new Offer("b", "b", "", true, profile.id()));
    store().catalog().removeOffer(Shelf.FLAVORS, "a");
    assertThat(store().catalog().offers(Shelf.FLAVORS)).extracting(Offer::key).containsExactly("b");
    store().catalog().removeOffer(Shelf.FLAVORS, "b");
    store().catalog().remove(Shelf.FLAVORS, profile.id());
    var reopened = reopened();
    assertThat(reopened.catalog().offers(Shelf.FLAVORS)).isEmpty();
    assertThat(reopened.catalog().profiles(Shelf.FLAVORS)).isEmpty();
  }

  @Test
  public void letsOneOfManyWritersWinEachGeneration() throws Exception {
    var tree = trees.next();
    store().commit(tree);
    int generations = 20;
    try (var writers = Executors.newVirtualThreadPerTaskExecutor()) {
      var racers = new ArrayList<Future<Integer>>();
      for (int i = 0; i < 8; i++) {
        racers.add(writers.submit(racer(tree, generations)));
      }
      int won = 0;
      for (var racer : racers) {
        won += racer.get();
      }
      assertThat(won).isEqualTo(generations);
    }
    assertThat(store().load().getFirst().generation()).isEqualTo(generations + 1);
  }

  private Callable<Integer> racer(LoadBalancerTree first, int generations) {
    return () -> {
      int won = 0;
      var tree = first;
      for (int i = 0; i < generations; i++) {
        tree = tree.nextGeneration();
        try {
          store().commit(tree);
          won++;
        } catch (StaleGenerationException e) {
          // Another one won this generation.
          assertThat(e).hasMessageContaining(first.id().toString());
        }
      }
      return won;
    };
  }

  @Test
  public void keepsWhatManyWritersWrite() throws Exception {
    var wanted = new ArrayList<LoadBalancerTree>();
    try (var writers = Executors.newVirtualThreadPerTaskExecutor()) {
      var done = new ArrayList<Future<?>>();
      for (int i = 0; i < 40; i++) {
        var first = trees.next();
        var last = first.nextGeneration().withPools(trees.next().pools()).nextGeneration();
        wanted.add(last);
        done.add(
            writers.submit(
                () -> {
                  store().commit(first);
                  store().commit(first.nextGeneration());
                  store().commit(last);
                }));
      }
      for (var one : done) {
        one.get();
      }
    }
    assertThat(store().load()).containsExactlyInAnyOrderElementsOf(wanted);
  }
}
