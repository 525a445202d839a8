// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../src/IEscrow.sol";
import {EscrowTest} from "../EscrowTest.sol";
import {Reader} from "../Reader.sol";

/// Final at once, the daily cap, and what posters are repaid.
contract PostRulesTest is EscrowTest {
    using Reader for IEscrow;

    function last(bytes32 jobId, uint256 number, uint256 total) private pure returns (Statement memory statement) {
        statement = statementOf(jobId, total);
        (statement.epoch, statement.last) = (number, true);
    }

    function finalAt(bytes32 jobId, uint256 number) private view returns (uint256) {
        return escrow.epoch(jobId, number).finalAt;
    }

    function test_a_last_statement_within_half_the_bond_is_final_at_once() public {
        bytes32 jobId = openJob();
        post(last(jobId, 0, BOND / 2));
        assertEq(finalAt(jobId, 0), START, "final at once");
        escrow.claim(proven(jobId, 0, BOND / 2));
        assertEq(payee(0).balance, BOND / 2, "paid in the same second");
        assertEq(escrow.epoch(jobId, 0).flags, 1, "last");
    }

    function test_one_wei_more_than_half_the_bond_waits() public {
        bytes32 jobId = openJob();
        post(last(jobId, 0, BOND / 2 + 1));
        assertEq(finalAt(jobId, 0), START + 1 hours, "waits");
    }

    function test_what_became_final_within_the_challenge_delay_counts() public {
        bytes32 jobId = openJob();
        post(last(jobId, 0, 0.3 ether));
        vm.warp(START + 1 days);
        post(last(jobId, 1, 0.2 ether));
        assertEq(finalAt(jobId, 1), START + 1 days, "0.5 is covered");
        post(last(jobId, 2, 1));
        assertEq(finalAt(jobId, 2), START + 1 days + 1 hours, "one wei more is not");
        vm.warp(START + 4 days);
        post(last(jobId, 3, BOND / 2));
        assertEq(finalAt(jobId, 3), START + 4 days, "after the delay the cover is free again");
    }

    function test_what_became_final_by_waiting_counts_too() public {
        bytes32 jobId = openJob();
        post(last(jobId, 0, 2 ether));
        vm.warp(START + 2 hours);
        post(last(jobId, 1, 1));
        assertEq(finalAt(jobId, 1), START + 3 hours, "the first epoch has used up the cover");
    }

    function test_a_last_statement_ends_the_wait_of_its_epoch() public {
        bytes32 jobId = openJob();
        post(statementOf(jobId, 0.1 ether));
        vm.warp(START + 10 minutes);
        Statement memory end = last(jobId, 0, 0.4 ether);
        end.seq = 2;
        post(end);
        assertEq(finalAt(jobId, 0), START + 10 minutes, "final at once");
        post(last(jobId, 1, 0.1 ether));
        assertEq(finalAt(jobId, 1), START + 10 minutes, "the replaced total does not count");
        post(last(jobId, 2, 1));
        assertEq(finalAt(jobId, 2), START + 70 minutes, "the cover is used up");
    }

    /// A quorum weighs by the latest final epoch, and counts on all before it being final.
    function test_epochs_become_final_in_their_order() public {
        bytes32 jobId = openJob();
        vm.warp(START + 15 hours + 30 minutes); // what becomes final an hour later falls into the next window
        post(last(jobId, 0, 3 ether));
        post(last(jobId, 1, 0.1 ether));
        assertEq(finalAt(jobId, 1), START + 16 hours + 30 minutes, "covered, but the former epoch is pending");
        Statement memory small = last(jobId, 0, 3 ether);
        small.seq = 2;
        post(small);
        assertEq(finalAt(jobId, 0), START + 16 hours + 30 minutes, "the former keeps its time");
        vm.warp(START + 16 hours + 30 minutes);
        escrow.claim(proven(jobId, 1, 0.1 ether));
    }

    /// However posts fall in time, what became final at once is covered together with all that did before it.
    function test_fuzz_final_at_once_is_always_covered(uint32[8] memory gaps, uint64[8] memory totals) public {
        bytes32 jobId = openJob();
        uint256 time = START;
        for (uint256 i = 0; i < 8; ++i) {
            time += bound(gaps[i], 0, 2 days);
            vm.warp(time);
            post(last(jobId, i, bound(totals[i], 0, 0.6 ether)));
            if (finalAt(jobId, i) != time) continue;
            uint256 recent = 0;
            for (uint256 j = 0; j <= i; ++j) {
                uint256 moment = finalAt(jobId, j);
                if (moment <= time && moment + 1 days > time) recent += escrow.epoch(jobId, j).total;
            }
            assertTrue(recent <= BOND / 2, "covered by half the bond");
        }
    }

    function test_a_settler_stays_within_the_daily_cap() public {
        Opening memory opened = opening();
        opened.terms.settlerCap = 2 ether;
        bytes32 jobId = openJob(opened);
        post(last(jobId, 0, 1 ether));
        expectRefusal(OverSettlerCap.selector, 2 ether + 1, 2 ether);
        post(last(jobId, 1, 1 ether + 1));
        post(last(jobId, 1, 0.5 ether));
        Statement memory more = last(jobId, 1, 1 ether);
        more.seq = 2;
        post(more);
        assertEq(escrow.job(jobId).dayPosted, 2 ether, "a replacement counts what it adds");
        vm.warp(START + 1 days);
        post(last(jobId, 2, 2 ether));
        assertEq(escrow.job(jobId).dayPosted, 2 ether, "a new day");
    }

    function test_a_strange_poster_is_repaid_once_an_epoch() public {
        bytes32 jobId = openRepaying(0.25 ether, 0.1 ether);
        vm.expectEmit(address(escrow));
        emit PostRepaid(jobId, 0, stranger, 0.1 ether);
        post(statementOf(jobId, 1 ether));
        Statement memory again = statementOf(jobId, 2 ether);
        again.seq = 2;
        post(again);
        assertEq(stranger.balance, 0.1 ether, "repaid once");
        assertEq(escrow.epoch(jobId, 0).flags, 2, "noted");
        vm.warp(START + 1 hours);

        for (uint256 i = 1; i < 4; ++i) {
            post(last(jobId, i, 1 ether));
        }
        assertEq(stranger.balance, 0.25 ether, "until the reserve is used up");
        assertEq(escrow.job(jobId).repaid, 0.25 ether, "and not a wei more");
        assertEq(available(jobId), BUDGET - 0.25 ether - 5 ether, "payees do not feel it");
        assertEq(escrow.epoch(jobId, 3).flags, 1, "the last one got nothing");
    }

    function test_settler_and_publisher_post_for_nothing() public {
        bytes32 jobId = openRepaying(1 ether, 0.1 ether);
        uint256 before = publisher.balance;
        address[2] memory parties = [settler, publisher];
        for (uint256 i = 0; i < 2; ++i) {
            Statement memory statement = last(jobId, i, 1 ether);
            bytes memory signature = sign(statement);
            vm.prank(parties[i]);
            escrow.post(openings[jobId], statement, signature);
        }
        assertEq(settler.balance, 0, "settler");
        assertEq(publisher.balance, before, "publisher");
        assertEq(escrow.job(jobId).repaid, 0, "reserve");
        Statement memory again = last(jobId, 0, 1 ether);
        again.seq = 2;
        post(again);
        assertEq(stranger.balance, 0.1 ether, "a stranger who mends it is repaid");
    }

    function test_neither_the_settler_of_an_epoch_nor_its_successor_is_repaid_for_it() public {
        bytes32 jobId = openRepaying(1 ether, 0.1 ether);
        address successor = payee(5);
        vm.prank(publisher);
        escrow.setSettler(openings[jobId], successor);
        address[2] memory parties = [settler, successor];
        for (uint256 i = 0; i < 2; ++i) {
            Statement memory statement = statementOf(jobId, 1 ether);
            statement.seq = i + 1;
            bytes memory signature = sign(statement);
            vm.prank(parties[i]);
            escrow.post(openings[jobId], statement, signature);
            assertEq(parties[i].balance, 0, "not repaid");
        }
    }

    function openRepaying(uint256 reserve, uint256 bounty) private returns (bytes32) {
        Opening memory opened = opening();
        (opened.terms.postReserve, opened.terms.postBounty) = (reserve, bounty);
        return openJob(opened);
    }
}
