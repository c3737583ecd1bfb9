package io.tributary.bench;

import io.tributary.demo.EmbeddedBroker;
import java.io.IOException;
import java.nio.file.Path;

/** The broker, in a process of its own that ends when its standard input does. */
public final class BrokerProcess {
  private BrokerProcess() {}

  /** Takes the file to say its address in. */
  public static void main(String[] args) throws IOException {
    EmbeddedBroker broker = new EmbeddedBroker(0);
    Runtime.getRuntime().addShutdownHook(new Thread(broker::close));
    broker.start();
    Child.sayReady(Path.of(args[0]), broker.bootstrapServers());
    while (System.in.read() >= 0) {
      // nothing to be told
    }
    System.exit(0);
  }
}
