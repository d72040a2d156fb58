package agrippa.proxy.transport;

/// A socket of one loop that exchanges datagrams with one peer, and hears of nobody else. None of
/// its calls blocks or throws.
public interface DatagramLink {
  /// Hears what becomes of a link.
  interface Handler {
    /// A datagram came, which may be empty. They come in the order of their arrival.
    ///
    /// @param datagram its content, to be read until this returns
    void arrived(Buffer datagram);

    /// Datagrams with so many bytes went on their way, where they still may be lost. Of those that
    /// go at once it is told within [#send].
    void sent(int bytes);

    /// The peer cannot be reached: an ICMP message said so, or there is no way there.
    void failed();

    /// This datagram had been taken by [#send], and did not go because the link [#failed], which is
    /// told first. What is sent now by any link goes at once.
    void unsent(Buffer datagram);
  }

  /// Sends the content of `datagram` without consuming it: at once or at the end of the loop's
  /// turn, in order. It is lost if the system has no room for it, as it might be on its way.
  ///
  /// @return false if it was not sent because something sent before, or this, did not reach the
  ///     peer; that is told nowhere else
  boolean send(Buffer datagram);

  /// Sends what waits, or loses it. May be called again.
  void close();
}
