package agrippa.proxy.plan;

import java.net.InetSocketAddress;

/// One server behind an upstream.
///
/// @param name unique within the upstream
/// @param address where it listens
/// @param weight share of new work, 0 to 256; 0 takes only clients that persistence sends there
/// @param backup used only when no other endpoint is usable
/// @param enabled whether it takes any work and is checked at all
/// @param checkAddress where it is checked
public record Endpoint(
    String name,
    InetSocketAddress address,
    int weight,
    boolean backup,
    boolean enabled,
    InetSocketAddress checkAddress) {}
