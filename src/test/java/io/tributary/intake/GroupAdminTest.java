package io.tributary.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class GroupAdminTest {
  private final GroupAdmin group = new GroupAdmin("group", "folder");

  @Test
  void seat_givesAThreadItsSeatAgain() {
    assertEquals("folder-customers-0", group.seat("customers"));
    assertEquals("folder-customers-0", group.seat("customers"));
    assertEquals("folder-products-0", group.seat("products"));
  }

  @Test
  void seatInAStreamWithALongName_isOneThatKafkaTakes() {
    // Given
    String stream = "s".repeat(248);

    // When
    String seat = group.seat(stream + "a");

    // Then
    assertTrue(seat.length() <= 249 - 16, seat);
    assertNotEquals(seat, group.seat(stream + "b"));
  }

  @Test
  void seat_givesTwoThreadsASeatEach() throws Exception {
    // Given a thread that has the first seat, and lives
    CompletableFuture<String> first = new CompletableFuture<>();
    CountDownLatch end = new CountDownLatch(1);
    Thread thread =
        new Thread(
            () -> {
              first.complete(group.seat("customers"));
              awaitQuietly(end);
            });
    thread.start();
    assertEquals("folder-customers-0", first.get());

    // When
    String second = group.seat("customers");

    // Then
    assertEquals("folder-customers-1", second);
    end.countDown();
    thread.join();
  }

  @Test
  void seat_givesAwayTheSeatOfAThreadThatHasEnded() throws Exception {
    // Given
    Thread thread = new Thread(() -> group.seat("customers"));
    thread.start();
    thread.join();

    // When
    String seat = group.seat("customers");

    // Then
    assertEquals("folder-customers-0", seat);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
