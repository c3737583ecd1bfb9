package io.tributary.deadletter;

import io.tributary.logging.Causes;
import io.tributary.logging.LogText;
import io.tributary.operations.KafkaMeters;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kafka producer that is made anew after a send that timed out or was not let in. Kafka's own
 * does not recover from a refused login: an idempotent one asks for its id once, loses that request
 * with the login, and waits for the answer for ever. Safe for several threads.
 */
final class RenewedProducer implements InvocationHandler {
  private static final Logger LOG = LoggerFactory.getLogger(RenewedProducer.class);

  private record Client(Producer<byte[], byte[]> producer, KafkaMeters.Shown shown) {
    void close(Duration timeout) {
      shown.close();
      producer.close(timeout);
    }
  }

  private final Properties properties;
  private final KafkaMeters meters;
  private final DeadLetterState state;
  private @Nullable Client client;
  private boolean closed;

  RenewedProducer(Properties properties, KafkaMeters meters, DeadLetterState state) {
    this.properties = properties;
    this.meters = meters;
    this.state = state;
    try {
      client();
    } catch (KafkaException e) {
      LOG.warn(
          "No producer of dead letters yet, it is made when one is sent: {}",
          LogText.oneLine(Causes.root(e).toString()));
    }
  }

  @SuppressWarnings("unchecked") // a class literal has no type arguments
  Producer<byte[], byte[]> asProducer() {
    return (Producer<byte[], byte[]>)
        Proxy.newProxyInstance(
            Producer.class.getClassLoader(), new Class<?>[] {Producer.class}, this);
  }

  @Override
  @SuppressWarnings("unchecked") // as the signatures of Producer have it
  public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] args)
      throws Throwable {
    Object[] given = args == null ? new Object[0] : args;
    return switch (method.getName()) {
      case "send" ->
          send(
              (ProducerRecord<byte[], byte[]>) given[0],
              given.length > 1 ? (Callback) given[1] : null);
      case "close" -> {
        close(given.length > 0 ? (Duration) given[0] : Duration.ofMillis(Long.MAX_VALUE));
        yield null;
      }
      default -> {
        Object target = method.getDeclaringClass() == Object.class ? this : client().producer();
        try {
          yield method.invoke(target, args);
        } catch (InvocationTargetException e) {
          throw e.getCause();
        }
      }
    };
  }

  void close(Duration timeout) {
    Client last;
    synchronized (this) {
      closed = true;
      last = client;
      client = null;
    }
    if (last != null) {
      last.close(timeout);
    }
  }

  private Future<RecordMetadata> send(
      ProducerRecord<byte[], byte[]> letter, @Nullable Callback callback) {
    Client used;
    try {
      used = client();
    } catch (KafkaException e) {
      state.written(e);
      throw e;
    }
    return used.producer()
        .send(
            letter,
            (place, failure) -> {
              state.written(failure);
              if (failure instanceof TimeoutException
                  || failure instanceof AuthenticationException) {
                drop(used);
              }
              if (callback != null) {
                callback.onCompletion(place, failure);
              }
            });
  }

  private synchronized Client client() {
    if (closed) {
      throw new IllegalStateException("The producer of dead letters is closed");
    }
    if (client == null) {
      Producer<byte[], byte[]> made = new KafkaProducer<>(properties);
      client = new Client(made, meters.show(made));
    }
    return client;
  }

  /** What is in the way of its other letters is in theirs: they fail with it, and come again. */
  private void drop(Client failed) {
    synchronized (this) {
      if (!failed.equals(client)) {
        return;
      }
      client = null;
    }
    failed.close(Duration.ZERO);
  }
}
