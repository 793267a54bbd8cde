-- Claims of attempts that nobody will begin again: their instance has ended or begun anew, or they are long past.
DELETE FROM activity_claim c
WHERE c.claimed_at < now() - interval '30 days'
   OR NOT EXISTS (SELECT 1 FROM instance i WHERE i.id = c.instance_id AND i.execution_id = c.execution_id
                    AND i.status IN ('Pending', 'Running', 'Suspended'))
