package io.tributary.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.batch.Batch;
import io.tributary.dedupe.ContentDedupe;
import io.tributary.settings.Settings;
import io.tributary.store.Store;
import io.tributary.support.Events;
import io.tributary.support.Stores;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TurnsTest {
  private final Events events = new Events(ContentDedupe.LATEST, "customer_data");

  @TempDir Path folder;

  @Test
  void turn_isForItsBatchAndOlderOnesAndNotForYoungerOnes() {
    try (Store store = Stores.open(folder)) {
      // Given
      Turns turns = new Turns(store, Settings.from(setting -> null), Clock.systemUTC());
      Batch older = completed(store, "1");
      Batch batch = completed(store, "2");
      completed(store, "3");

      // Then
      assertEquals(older, turns.next());
      assertTrue(turns.isDueUpTo(batch));

      // And when
      store.settle(older);
      assertEquals(batch, turns.next());
      assertTrue(turns.isDueUpTo(batch));
      store.settle(batch);

      // Then the turn is over, although another batch is pending
      assertFalse(turns.isDueUpTo(batch));
    }
  }

  @Test
  void turn_isOverWhileTheApiIsLeftAlone() {
    try (Store store = Stores.open(folder)) {
      // Given
      Turns turns = new Turns(store, Settings.from(setting -> null), Clock.systemUTC());
      Batch batch = completed(store, "1");

      // When
      turns.postpone(new IllegalStateException("refused"));

      // Then
      assertFalse(turns.isDueUpTo(batch));
    }
  }

  private Batch completed(Store store, String id) {
    store.append(Stores.poll(events.event(id, id)));
    return Stores.complete(store, "EVT-" + id);
  }
}
