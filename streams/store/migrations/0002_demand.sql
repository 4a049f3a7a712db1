-- Let a statement fail, all of it, where one of its parts did not change what it had to. The message is the part's number.
create function demand(met boolean, part int) returns void language plpgsql as $$
begin
    if not met then
        raise exception using errcode = 'HR001', message = part::text;
    end if;
end
$$;
