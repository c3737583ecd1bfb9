package io.tributary.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class GroupSeatsTest {
  private final GroupSeats seats = new GroupSeats("folder");

  @Test
  void take_givesAThreadItsSeatAgain() {
    assertEquals("folder-customers-0", seats.take("customers"));
    assertEquals("folder-customers-0", seats.take("customers"));
    assertEquals("folder-products-0", seats.take("products"));
  }

  @Test
  void seatInAStreamWithALongName_isOneThatKafkaTakes() {
    // Given
    String stream = "s".repeat(248);

    // When
    String seat = seats.take(stream + "a");

    // Then
    assertTrue(seat.length() <= 249 - 16, seat);
    assertNotEquals(seat, seats.take(stream + "b"));
  }

  @Test
  void take_givesTwoThreadsASeatEach() throws Exception {
    // Given a thread that has the first seat, and lives
    CompletableFuture<String> first = new CompletableFuture<>();
    CountDownLatch end = new CountDownLatch(1);
    Thread thread =
        new Thread(
            () -> {
              first.complete(seats.take("customers"));
              awaitQuietly(end);
            });
    thread.start();
    assertEquals("folder-customers-0", first.get());

    // When
    String second = seats.take("customers");

    // Then
    assertEquals("folder-customers-1", second);
    end.countDown();
    thread.join();
  }

  @Test
  void take_givesAwayTheSeatOfAThreadThatHasEnded() throws Exception {
    // Given
    Thread thread = new Thread(() -> seats.take("customers"));
    thread.start();
    thread.join();

    // When
    String seat = seats.take("customers");

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
