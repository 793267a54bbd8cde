import { Link } from '@tanstack/react-router';
import type { InstanceRow } from '@perdure/server/contract';
import { InstanceElapsed } from '../instances/instance-elapsed.tsx';
import { WhereAndWhy } from '../instances/where-and-why.tsx';
import { StatusLabel } from '../status/status-label.tsx';

/** A finished instance and one that waits. */
export function Examples({ rows }: { rows: InstanceRow[] }) {
  return (
    <section className="card" aria-label="Instances to look at">
      <div className="hd">
        <h2>{rows.length === 1 ? 'An instance to look at' : 'Two instances to look at'}</h2>
      </div>
      <table className="smp">
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td>
                <StatusLabel status={row.status} />
              </td>
              <td className="ell">
                <Link to="/instances/$id" params={{ id: row.id }} className="mono b5">
                  {row.id}
                </Link>
              </td>
              <td className="t2 ell">
                {row.status === 'Completed' ? 'Finished, every step with its input and output' : <WhereAndWhy row={row} />}
              </td>
              <td className="num t2">
                <InstanceElapsed createdAt={row.createdAt} completedAt={row.completedAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
