"""What has come out: each goal beside its median, as lines of a table and as figures."""
import csv
import statistics

HEAD = "| row | server | to | goal | median | lowest to highest | rounds | p99 to its |\n| --- | --- | --- | --- | --- | --- | --- | --- |"
COLUMNS = ["row", "server", "base", "goal", "ratio", "ratio_min", "ratio_max", "p99_ratio", "rounds", "connections", "bytes", "depth", "seconds"]


def figures(comparison, goal, seconds):
    """By COLUMNS, or nothing if one of the two did not run."""
    row, ratios = comparison.row, comparison.ratios(goal)
    return ratios and {
        "row": row.name,
        "server": goal.server,
        "base": goal.base,
        "goal": f"{goal.bound:.2f}",
        "ratio": f"{statistics.median(ratios):.3f}",
        "ratio_min": f"{min(ratios):.3f}",
        "ratio_max": f"{max(ratios):.3f}",
        "p99_ratio": f"{statistics.median(comparison.tails(goal)):.2f}" if goal.has_tail else "",
        "rounds": len(ratios),
        "connections": row.connections,
        "bytes": row.size,
        "depth": row.depth,
        "seconds": seconds,
    }


def line(one):
    ratio, goal = float(one["ratio"]), float(one["goal"])
    missed = "" if ratio >= goal else " missed"
    tail = one["p99_ratio"] and one["p99_ratio"] + (" missed" if float(one["p99_ratio"]) > 1 else "")
    return (
        f"| {one['row']} | {one['server']} | {one['base']} | ≥ {goal:.2f} | {ratio:.2f}{missed} |"
        f" {float(one['ratio_min']):.2f} to {float(one['ratio_max']):.2f} | {one['rounds']} | {tail} |"
    )


def servers(comparison):
    """A line for each server: what is behind the ratios."""
    for server in comparison.row.servers:
        rps, cpu, p50, p99, rss = (comparison.median(server, key) for key in ("rps", "scpu", "p50us", "p99us", "rsskb"))
        yield f"  {server:28} {rps:9.0f} req/s  {cpu:4.2f} CPU  p50 {p50:7.1f} us  p99 {p99:7.1f} us  {rss / 1024:6.1f} MiB"


def write(found, path):
    with open(path, "w", newline="") as file:
        out = csv.DictWriter(file, COLUMNS, delimiter="\t", lineterminator="\n")
        out.writeheader()
        out.writerows(found)
