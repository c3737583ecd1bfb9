package io.tributary;

import io.tributary.settings.Setting;
import io.tributary.settings.SettingException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** The port that Camel's management server is about to take. */
final class ManagementPort {
  private ManagementPort() {}

  /**
   * Looks whether it is free, since Camel would go on without it.
   *
   * @throws SettingException when it cannot be taken
   */
  static void check(String host, int port) {
    InetAddress address;
    try {
      address = InetAddress.getByName(host);
    } catch (IOException e) {
      throw new SettingException(
          Setting.MANAGEMENT_HOST, host, "an address of this machine is allowed");
    }
    try {
      new ServerSocket(port, 1, address).close();
    } catch (IOException e) {
      throw new SettingException(
          Setting.MANAGEMENT_PORT,
          String.valueOf(port),
          "a port that is free on " + host + " is allowed (" + e.getMessage() + ")");
    }
  }
}
