package io.tributary.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The ports that the demo needs. */
final class DemoPorts {
  /** Where the broker listens. */
  static final int BROKER = 9093;

  /** Where Tributary's health and metrics are. */
  static final int MANAGEMENT = 9876;

  private static final int CONNECT_MILLIS = 500;
  private static final Map<Integer, String> USES =
      new TreeMap<>(
          Map.of(
              BROKER,
              "Kafka broker",
              MockApi.PORT,
              "mock analytics API",
              SampleProducers.PORT,
              "sample producers",
              MANAGEMENT,
              "Tributary's health and metrics"));

  private DemoPorts() {}

  /** Names those that something else listens on; empty when all are free. */
  static List<String> taken() {
    return USES.entrySet().stream()
        .filter(use -> isTaken(use.getKey()))
        .map(use -> "port " + use.getKey() + " (" + use.getValue() + ")")
        .toList();
  }

  /** Binding alone does not tell everywhere: some systems let a second listener in. */
  private static boolean isTaken(int port) {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(loopback, port), CONNECT_MILLIS);
      return true;
    } catch (IOException nobodyAnswers) {
      return !canListen(loopback, port);
    }
  }

  private static boolean canListen(InetAddress address, int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, address)) {
      return socket.isBound();
    } catch (IOException taken) {
      return false;
    }
  }
}
